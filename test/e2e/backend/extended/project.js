// The stock project's scripts, with this directory as the project, so that Medusa finds what dist/ extends it by.
const path = require("node:path");

exports.run = (script, module) => {
  const loaded = require(module);
  const stock = loaded.default;
  loaded.default = (options) => stock({ ...options, directory: __dirname });
  require(path.join("..", "medusa", script));
};
