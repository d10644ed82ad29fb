// A payment provider whose customers have saved methods. GET /store/customers/me/payment-methods calls retrieveSavedMethods
// of each provider. A provider that extends AbstractPaymentProcessor lacks it, and the route responds with a 500.
const { PaymentService } = require("medusa-interfaces");

const AUTHORIZED = "authorized";
const REQUIRES_MORE = "requires_more";

class SavedMethodsService extends PaymentService {
  static identifier = "saved-methods";

  // The seed stores a customer's methods in the customer's metadata.
  async retrieveSavedMethods(customer) {
    return customer.metadata?.saved_methods ?? [];
  }

  async createPayment() {
    return { status: "pending" };
  }

  async retrievePayment(data) {
    return data;
  }

  async getStatus(data) {
    return data.status ?? "pending";
  }

  // A payment with the data { confirm: "required" } stops at a step that the customer would have to confirm.
  async authorizePayment(session) {
    const status = session.data?.confirm === "required" ? REQUIRES_MORE : AUTHORIZED;
    return { status, data: { ...session.data, status } };
  }

  async updatePayment(data) {
    return data;
  }

  async updatePaymentData(data, update) {
    return { ...data, ...update };
  }

  async getPaymentData(session) {
    return session.data;
  }

  // A payment with the data { capture: "fails" } can't be captured.
  async capturePayment(payment) {
    if (payment.data?.capture === "fails") throw new Error("this payment's data says that its capture fails");
    return { ...payment.data, status: "captured" };
  }

  async refundPayment(payment) {
    return payment.data;
  }

  async cancelPayment(payment) {
    return { ...payment.data, status: "canceled" };
  }

  async deletePayment() {}
}

module.exports.default = SavedMethodsService;
