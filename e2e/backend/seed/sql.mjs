// What Medusa's API cannot make. Everything here is a state that a shop of some age can be in.
import pg from "pg";

const FIRST_DAY = "2024-01-01T08:00:00Z";
const TIE_DAY = "2025-06-01T12:00:00.123Z";

export async function finishInSql(databaseUrl, { customers, orders, ties, products }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const change = (name, set) => client.query(`UPDATE "order" SET ${set} WHERE id = $1`, [orders[name]]);
    await change("without sales channel", "sales_channel_id = NULL, metadata = NULL");
    await change("status requires action", "status = 'requires_action'");
    await change("from elsewhere", "external_id = 'erp-1001', tax_rate = 25, idempotency_key = 'key-1001', metadata = NULL");
    await change("with metadata", `metadata = '{"gift": true, "message": "Happy birthday", "lines": [1, 2]}'`);
    await change("not paid", "payment_status = 'not_paid'");
    await client.query("UPDATE product SET external_id = 'erp-4711' WHERE id = $1", [products.trousers.id]);
    await spread(client, customers.orders.id);
    await spread(client, customers.login.id);
    await tie(client, ties);
  } finally {
    await client.end();
  }
}

// One order every 31 hours from a fixed day on, each with its own microseconds.
async function spread(client, customerId) {
  await client.query(
    `UPDATE "order" SET created_at = $2::timestamptz + place.n * interval '31 hours' + place.n * interval '1.000137 seconds'
       FROM (SELECT id, row_number() OVER (ORDER BY display_id) AS n FROM "order" WHERE customer_id = $1) AS place
      WHERE "order".id = place.id`,
    [customerId, FIRST_DAY],
  );
}

// Three groups: the same instant; the same millisecond, but other microseconds; neighbouring milliseconds.
async function tie(client, { same, sameMillisecond, neighbours }) {
  const set = (id, microseconds) => client.query(`UPDATE "order" SET created_at = $2::timestamptz + $3 * interval '1 microsecond' WHERE id = $1`, [id, TIE_DAY, microseconds]);
  for (const id of same) await set(id, 500);
  for (const [i, id] of sameMillisecond.entries()) await set(id, 501 + 37 * i);
  for (const [i, id] of neighbours.entries()) await set(id, 1000 * (i % 2 ? i + 1 : -i - 1));
}
