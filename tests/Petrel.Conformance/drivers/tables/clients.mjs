// What the scripts of this folder share. Each is called with the daemon's URL and an account, checks what it knows of a library, and ends
// with 0 when all of it holds.
export const endpoint = process.argv[2];
export const account = process.argv[3];
export const configuration = {
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: account, secretAccessKey: "test" },
  maxAttempts: 1,
};

export async function fails(name, action) {
  try {
    await action();
  } catch (error) {
    if (error.name !== name) throw new Error(`expected ${name}, not ${error.name}: ${error.message}`);
    return error;
  }
  throw new Error(`expected ${name}, and nothing failed`);
}
