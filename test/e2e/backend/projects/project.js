// The stock project's scripts, with the directory that PROJECT names as the project, so that Medusa finds what its dist/
// has.
const path = require("node:path");

exports.run = (script, module) => {
  const loaded = require(module);
  const stock = loaded.default;
  loaded.default = (options) => stock({ ...options, directory: path.join(__dirname, process.env.PROJECT) });
  require(path.join(__dirname, "..", "medusa", script));
};
