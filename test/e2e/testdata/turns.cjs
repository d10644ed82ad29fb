// Calls of the JS client, as a line of standard input asks for each, with the browser's cookie of that line:
//
//   {"call": "authenticate", "email": "…", "password": "…", "cookie": "connect.sid=…"}
//
// The response is a line with the status, the customer's email, the owner of a cart and the cookie that was set.
//
//   node turns.cjs URL

const { createInterface } = require("node:readline");
const axios = require("axios");
const Medusa = require("@medusajs/medusa-js").default;

let cookie, set;
async function browser(config) {
  if (cookie) config.headers.Cookie = cookie;
  const response = await axios.defaults.adapter(config);
  set = response.headers["set-cookie"]?.[0].split(";")[0];
  return response;
}

const medusa = new Medusa({ baseUrl: process.argv[2], maxRetries: 0, axiosAdapter: browser });
const calls = {
  authenticate: ({ email, password }) => medusa.auth.authenticate({ email, password }),
  retrieve: () => medusa.customers.retrieve(),
  cart: () => medusa.carts.create({}),
  logout: () => medusa.auth.deleteSession(),
};

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const turn = JSON.parse(line);
    [cookie, set] = [turn.cookie, undefined];
    const result = await calls[turn.call](turn).catch((error) => error.response);
    const { status } = result.response ?? result;
    console.log(JSON.stringify({ status, email: result.customer?.email, owner: result.cart?.customer_id ?? undefined, cookie: set }));
  }
})();
