// Medusa's server as one child process. It differs from Medusa's own start command in three things that tests need: it
// listens on the loopback interface only, it accepts port 0 and reports the port, and it ends with its parent process.
const express = require("express");
const load = require("@medusajs/medusa/dist/loaders/index").default;

process.on("disconnect", () => process.exit(0));

async function createAdmin(container, { email, password }) {
  await container.resolve("userService").create({ email, role: "admin" }, password);
}

async function main() {
  const app = express();
  const { container } = await load({ directory: __dirname, expressApp: app });
  if (process.env.CREATE_ADMIN) await createAdmin(container, JSON.parse(process.env.CREATE_ADMIN));

  const server = app.listen(Number(process.env.PORT), "127.0.0.1");
  server.on("error", fail);
  server.on("listening", () => process.send({ ready: server.address().port }));
  process.on("SIGTERM", () => process.exit(0));
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

main().catch(fail);
