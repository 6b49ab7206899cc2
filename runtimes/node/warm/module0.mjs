export const handler = async (event) => ({ event, round: 0 });
