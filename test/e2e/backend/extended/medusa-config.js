module.exports = require("../medusa/medusa-config.js");
