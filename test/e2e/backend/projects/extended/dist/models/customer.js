// Step 1 of the vendor's way to extend an entity: the entity, by the same name, and a migration for its columns.
const { Column, Entity } = require("typeorm");
const { Customer: StockCustomer } = require("@medusajs/medusa/dist/models/customer");

class Customer extends StockCustomer {}
Column({ type: "varchar", nullable: true })(Customer.prototype, "nickname");
Column({ type: "integer", nullable: true })(Customer.prototype, "loyalty_points");
Entity()(Customer);

exports.Customer = Customer;
