// Step 3: the list of the fields that responses have.
const routes = require("@medusajs/medusa/dist/api/routes/store/customers/index");

exports.default = async () => {
  for (const list of ["allowedStoreCustomersFields", "defaultStoreCustomersFields"]) {
    routes[list] = [...routes[list], "nickname", "loyalty_points"];
  }
};
