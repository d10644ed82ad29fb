// Fills an empty shop. All content is fixed, but for the ids and the times that Medusa generates.
import { say, seconds } from "../lib/log.mjs";
import { Api } from "./api.mjs";
import { seedCustomerDetails, seedCustomers } from "./customers.mjs";
import { seedManyOrders, seedOtherOrders, seedStories, seedTies } from "./orders.mjs";
import { seedPriceList, seedProducts, seedTaxRates } from "./products.mjs";
import { seedDiscounts, seedGiftCards } from "./promotions.mjs";
import { seedReturnReasons } from "./reasons.mjs";
import { seedRegions, seedShippingOptions } from "./regions.mjs";
import { finishInSql } from "./sql.mjs";

export async function seed({ url, databaseUrl, admin: account }) {
  const admin = await adminApi(url, account);
  const step = async (name, work) => {
    const since = Date.now();
    const result = await work();
    say(`  seed: ${name} (${seconds(since)})`);
    return result;
  };

  const regions = await step("regions", () => seedRegions(admin));
  const options = await step("shipping options", () => seedShippingOptions(admin, regions));
  const { salesChannel, outlet, publishableKey } = await step("sales channel", () => seedChannel(admin));
  const products = await step("products", () => seedProducts(admin, [salesChannel, outlet]));
  const store = new Api(url);
  const customers = await step("customers", () => seedCustomers(store));
  const { groups } = await step("customer details", () => seedCustomerDetails(admin, customers));
  await step("prices and taxes", async () => {
    await seedPriceList(admin, products, regions, groups[0]);
    await seedTaxRates(admin, products, regions);
  });
  const { lastDay } = await step("discounts", () => seedDiscounts(admin, { regions, products, groups }));
  const giftCards = await step("gift cards", () => seedGiftCards(admin, { regions }));
  const reasons = await step("return reasons", () => seedReturnReasons(admin));

  const shop = { regions, options, salesChannel, products };
  const context = { admin, store, shop, customers, outlet, giftCards, reasons };
  const orders = await step("orders of every kind", () => seedStories(context));
  await step("60 orders of one customer", () => seedManyOrders(context));
  const ties = await step("orders at the same time", () => seedTies(context));
  await step("orders of others", () => seedOtherOrders(context));
  await step("deletions", async () => {
    await admin.delete(`/admin/products/${products.discontinued.id}`);
    await admin.delete(`/admin/shipping-options/${options.us.pigeon.id}`);
    await admin.delete(`/admin/discounts/${lastDay.id}`);
  });
  await step("what the API cannot make", () => finishInSql(databaseUrl, { customers, orders, ties, products, outlet }));

  return {
    publishableKey: publishableKey.id,
    salesChannel: { id: salesChannel.id, name: salesChannel.name },
    regions: mapValues(regions, ({ id, name, currency_code, tax_rate, countries }) => ({ id, name, currencyCode: currency_code, taxRate: tax_rate, countries: countries.map(({ iso_2 }) => iso_2) })),
    shippingOptions: mapValues(options, (kinds) => mapValues(kinds, ({ id, name, amount }) => ({ id, name, amount }))),
    products: mapValues(products, ({ id, title, handle, variants }) => ({ id, title, handle, variants: variants.map(({ id, title, sku }) => ({ id, title, sku })) })),
    orders,
    customers: await Promise.all(Object.entries(customers).map(describeCustomer)),
  };
}

async function describeCustomer([key, { api, addressId, ...customer }]) {
  const { count } = await api.get("/store/customers/me/orders?limit=1&fields=id&expand=");
  return { key, ...customer, orders: count };
}

// The API token is set over the API, by a login with the password.
async function adminApi(url, { email, password, apiToken }) {
  const { access_token } = await new Api(url).post("/admin/auth/token", { email, password });
  const byPassword = new Api(url, { authorization: `Bearer ${access_token}` });
  const { user } = await byPassword.get("/admin/auth");
  await byPassword.post(`/admin/users/${user.id}`, { api_token: apiToken });
  return new Api(url, { "x-medusa-access-token": apiToken });
}

async function seedChannel(admin) {
  const { sales_channel: salesChannel } = await admin.post("/admin/sales-channels", { name: "Web shop", description: "The storefront" });
  const { sales_channel: outlet } = await admin.post("/admin/sales-channels", { name: "Outlet" });
  const { publishable_api_key: publishableKey } = await admin.post("/admin/publishable-api-keys", { title: "Web shop" });
  await admin.post(`/admin/publishable-api-keys/${publishableKey.id}/sales-channels/batch`, { sales_channel_ids: [{ id: salesChannel.id }] });
  return { salesChannel, outlet, publishableKey };
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
