require("./project.js").run("migrate.js", "@medusajs/medusa/dist/commands/migrate");
