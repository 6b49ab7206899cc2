export const handler = async (event) => ({ event, round: 1 });
