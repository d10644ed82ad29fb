// Migrates an empty database to Medusa's newest schema. Medusa's command reads its verb from the arguments and ends the
// process itself.
const migrate = require("@medusajs/medusa/dist/commands/migrate").default;

process.argv = [process.argv[0], process.argv[1], "migrations", "run"];
migrate({ directory: __dirname }).catch((error) => {
  console.error(error);
  process.exit(1);
});
