exports.handler = async () => 'Hello from Petrel';
exports.sleeper = () => new Promise((resolve) => setTimeout(resolve, 50, 'Hello from Petrel'));
exports.longSleeper = () => new Promise((resolve) => setTimeout(resolve, 2000, 'Hello from Petrel'));
