// What a shop would mail to the customer goes to the process that started us: its control endpoint
// hands the tokens to the tests. No route is added to Medusa for it.

// Medusa's loader looks for the exports of a compiled ES module.
Object.defineProperty(exports, "__esModule", { value: true });

exports.default = function tellToken({ data }) {
  if (process.connected) process.send({ passwordToken: { email: data.email, token: data.token, customerId: data.id } });
};

exports.config = {
  event: "customer.password_reset",
  context: { subscriberId: "test-support-password-reset" },
};
