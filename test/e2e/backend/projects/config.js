// The stock project's configuration, with what CONFIG changes of it.
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function merge(stock, changes) {
  const all = { ...stock };
  for (const [key, value] of Object.entries(changes)) all[key] = isObject(value) && isObject(stock[key]) ? merge(stock[key], value) : value;
  return all;
}

module.exports = merge(require("../medusa/medusa-config.js"), JSON.parse(process.env.CONFIG ?? "{}"));
