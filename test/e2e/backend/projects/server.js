require("./project.js").run("server.js", "@medusajs/medusa/dist/loaders/index");
