module.exports = require("../config.js");
