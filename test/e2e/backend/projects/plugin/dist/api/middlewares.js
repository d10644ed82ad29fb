// The plugin's own routes demand a login, as the vendor documents it.
const { requireCustomerAuthentication } = require("@medusajs/medusa");

exports.config = { routes: [{ matcher: "/store/customers/me*", middlewares: [requireCustomerAuthentication()] }] };
