// Fills an empty shop of an older Medusa version with what its checks need: what the API had since 1.8.
import { say, seconds } from "../lib/log.mjs";
import { ADDRESS } from "./addresses.mjs";
import { Api } from "./api.mjs";
import { Checkout } from "./checkout.mjs";
import { seedCustomers } from "./customers.mjs";
import { pricesFor } from "./products.mjs";

const MANY = 12; // more than a page has by default

export async function seed({ url, admin: account }) {
  const since = Date.now();
  const admin = await new Api(url).login(account.email, account.password, "/admin/auth");
  const { user } = await admin.get("/admin/auth");
  await admin.post(`/admin/users/${user.id}`, { api_token: account.apiToken });

  await admin.post("/admin/store", { currencies: ["usd", "eur"] });
  const region = async (body) => (await admin.post("/admin/regions", { payment_providers: ["manual", "saved-methods"], fulfillment_providers: ["manual"], ...body })).region;
  const regions = {
    us: await region({ name: "United States", currency_code: "usd", tax_rate: 0, countries: ["us"] }),
    dk: await region({ name: "Denmark", currency_code: "eur", tax_rate: 25, countries: ["dk"] }),
  };
  const { shipping_profiles: profiles } = await admin.get("/admin/shipping-profiles");
  const profile = profiles.find(({ type }) => type === "default");
  const options = {};
  for (const [key, { id }] of Object.entries(regions)) {
    const { shipping_option: standard } = await admin.post("/admin/shipping-options", {
      region_id: id,
      provider_id: "manual",
      profile_id: profile.id,
      price_type: "flat_rate",
      name: `Standard ${key}`,
      amount: 500,
      data: { id: "manual-fulfillment" },
    });
    options[key] = { standard };
  }
  const { store: shop } = await admin.get("/admin/store");
  const { product: mug } = await admin.post("/admin/products", {
    title: "Mug",
    status: "published",
    options: [{ title: "Size" }],
    variants: [{ title: "One size", inventory_quantity: 1000, manage_inventory: false, prices: pricesFor(750), options: [{ value: "One size" }] }],
    ...(shop.default_sales_channel_id && { sales_channels: [{ id: shop.default_sales_channel_id }] }),
  });
  const { discount } = await admin.post("/admin/discounts", {
    code: "TENPERCENT",
    is_dynamic: false,
    is_disabled: false,
    regions: Object.values(regions).map(({ id }) => id),
    rule: { type: "percentage", value: 10, allocation: "total" },
  });

  const customers = await seedCustomers(new Api(url));
  await admin.post(`/admin/customers/${customers.payments.id}`, { metadata: { saved_methods: [{ id: "pm_1", type: "card" }] } });
  await customers.orders.api.post("/store/customers/me/addresses", { address: { ...ADDRESS.full, country_code: "us" } });
  const checkout = new Checkout(customers.orders.api, { regions, options, salesChannel: { id: shop.default_sales_channel_id ?? undefined } });
  const [cup] = mug.variants;
  const orders = {};
  for (let i = 0; i < MANY; i++) {
    const { id } = await checkout.place({ region: i % 2 ? "us" : "dk", address: ADDRESS.plain, lines: [[cup, 1 + (i % 3)]], discounts: i % 4 ? undefined : [discount.code] });
    orders[`number ${i + 1}`] = id;
  }
  await admin.post(`/admin/orders/${orders["number 1"]}/capture`);
  say(`  reduced seed (${seconds(since)})`);
  return {
    orders,
    customers: Object.entries(customers).map(([key, { api, ...customer }]) => ({ key, ...customer, orders: key === "orders" ? MANY : 0 })),
  };
}
