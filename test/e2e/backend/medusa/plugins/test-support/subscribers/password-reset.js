// Sends the token that a shop would mail to the customer to the parent process, whose control endpoint returns it to tests.
// This way Medusa needs no additional route.

// Medusa's loader looks for the exports of a compiled ES module.
Object.defineProperty(exports, "__esModule", { value: true });

const event = "customer.password_reset";

function send({ email, token, id }) {
  if (process.connected) process.send({ passwordToken: { email, token, customerId: id } });
}

// tellToken is called with each event from Medusa 1.18 on. Before, it is a class that is made with the container.
exports.default = function tellToken(given) {
  if (new.target) given.eventBusService.subscribe(event, send);
  else send(given.data);
};

exports.config = { event, context: { subscriberId: "test-support-password-reset" } };
