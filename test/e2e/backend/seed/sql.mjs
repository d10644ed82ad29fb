// Rows that Medusa's API cannot make. A shop of some age can have all of them.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const FIRST_DAY = "2024-01-01T08:00:00Z";
const TIE_DAY = "2025-06-01T12:00:00.123Z";

export async function finishInSql(databaseUrl, { customers, orders, ties, products, outlet }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await eventsAreSent(client);
    const change = (name, set) => client.query(`UPDATE "order" SET ${set} WHERE id = $1`, [orders[name]]);
    await change("without sales channel", "sales_channel_id = NULL, metadata = NULL");
    await change("status requires action", "status = 'requires_action'");
    await change("from elsewhere", "external_id = 'erp-1001', tax_rate = 25, idempotency_key = 'key-1001', metadata = NULL");
    await change("with metadata", `metadata = '{"gift": true, "message": "Happy birthday", "lines": [1, 2]}'`);
    await change("not paid", "payment_status = 'not_paid'");
    await client.query("UPDATE return SET status = 'requires_action' WHERE order_id = $1", [orders["return requires action"]]);
    await client.query("UPDATE line_item SET metadata = NULL WHERE order_id = $1", [orders["from elsewhere"]]);
    await fillColumns(client, { order: orders["with everything a plugin can add"], product: products.shirt.id, outlet: outlet.id });
    await client.query("UPDATE product SET external_id = 'erp-4711' WHERE id = $1", [products.trousers.id]);
    await spread(client, customers.orders.id);
    await spread(client, customers.login.id);
    await tie(client, ties);
    await client.query("ANALYZE");
  } finally {
    await client.end();
  }
}

// Medusa stores its events in a table and sends them every few seconds. Some of them change rows, such as the count of a
// discount's uses, so the database is copied after them.
async function eventsAreSent(client) {
  for (const start = Date.now(); Date.now() - start < 30_000; await sleep(200)) {
    const { rows } = await client.query("SELECT count(*)::int AS waiting FROM staged_job");
    if (rows[0].waiting === 0) return;
  }
  throw new Error("Medusa did not send its events within 30 s");
}

// Fills the columns that only a plugin fills.
async function fillColumns(client, { order, product, outlet }) {
  const metadata = `metadata = '{"from": "a plugin"}'`;
  const fulfillments = "(SELECT id FROM fulfillment WHERE order_id = $1)";
  const lines = "(SELECT id FROM line_item WHERE order_id = $1)";
  const discounts = "(SELECT discount_id FROM order_discounts WHERE order_id = $1)";
  const ofOrder = {
    fulfillment: [`${metadata}, idempotency_key = 'fulfillment-key', location_id = 'sloc_1'`, "order_id = $1"],
    tracking_link: [`${metadata}, idempotency_key = 'link-key', url = 'http://track.example.com/TRACK-OUT'`, `fulfillment_id IN ${fulfillments}`],
    refund: [`${metadata}, idempotency_key = 'refund-key', payment_id = (SELECT id FROM payment WHERE order_id = $1)`, "order_id = $1 AND reason = 'other'"],
    return: [`${metadata}, idempotency_key = 'return-key', location_id = 'sloc_1'`, "order_id = $1"],
    payment: [`${metadata}, idempotency_key = 'payment-key'`, "order_id = $1"],
    line_item_tax_line: [metadata, `item_id IN ${lines}`],
    line_item_adjustment: [metadata, `item_id IN ${lines}`],
    shipping_method_tax_line: [metadata, "shipping_method_id IN (SELECT id FROM shipping_method WHERE order_id = $1)"],
    discount_rule: [metadata, `id IN (SELECT rule_id FROM discount WHERE id IN ${discounts})`],
    cart: [`idempotency_key = 'cart-key', metadata = NULL`, `id = (SELECT cart_id FROM "order" WHERE id = $1)`],
  };
  for (const [table, [set, where]] of Object.entries(ofOrder)) await client.query(`UPDATE ${table} SET ${set} WHERE ${where}`, [order]);

  const ofProduct = {
    image: "id = (SELECT min(image_id) FROM product_images WHERE product_id = $1)",
    product_tag: "id = (SELECT min(product_tag_id) FROM product_tags WHERE product_id = $1)",
    product_type: "id = (SELECT type_id FROM product WHERE id = $1)",
    product_option_value: "variant_id IN (SELECT id FROM product_variant WHERE product_id = $1 AND sku = 'SHIRT-S-WHITE')",
  };
  for (const [table, where] of Object.entries(ofProduct)) await client.query(`UPDATE ${table} SET ${metadata} WHERE ${where}`, [product]);
  await client.query(`UPDATE sales_channel SET ${metadata} WHERE id = $1`, [outlet]);
}

// Places one order every 31 hours from a fixed day on, each with its own microseconds.
async function spread(client, customerId) {
  await client.query(
    `UPDATE "order" SET created_at = $2::timestamptz + place.n * interval '31 hours' + place.n * interval '1.000137 seconds'
       FROM (SELECT id, row_number() OVER (ORDER BY display_id) AS n FROM "order" WHERE customer_id = $1) AS place
      WHERE "order".id = place.id`,
    [customerId, FIRST_DAY],
  );
}

// Makes three groups of orders: of the same instant, of the same millisecond, and of neighbouring milliseconds.
async function tie(client, { same, sameMillisecond, neighbours }) {
  const set = (id, microseconds) => client.query(`UPDATE "order" SET created_at = $2::timestamptz + $3 * interval '1 microsecond' WHERE id = $1`, [id, TIE_DAY, microseconds]);
  for (const id of same) await set(id, 500);
  for (const [i, id] of sameMillisecond.entries()) await set(id, 501 + 37 * i);
  for (const [i, id] of neighbours.entries()) await set(id, 1000 * (i % 2 ? i + 1 : -i - 1));
}
