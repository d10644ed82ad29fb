// Discounts of every kind, and gift cards.
export async function seedDiscounts(admin, { regions, products, groups }) {
  const everywhere = Object.values(regions).map(({ id }) => id);
  const create = async (code, rule, more = {}) => (await admin.post("/admin/discounts", { code, rule, is_dynamic: false, is_disabled: false, regions: everywhere, ...more })).discount;

  await create("TENPERCENT", { type: "percentage", value: 10, allocation: "total", description: "Ten per cent off" });
  await create("FIVEOFF", { type: "fixed", value: 500, allocation: "total" }, { regions: [regions.us.id], usage_limit: 1000, starts_at: "2020-01-01T00:00:00Z", ends_at: "2090-01-01T00:00:00Z", metadata: { campaign: "newsletter" } });
  await create("ONEOFFEACH", { type: "fixed", value: 100, allocation: "item", conditions: [{ operator: "in", products: [products.shirt.id] }] }, { regions: [regions.us.id] });
  await create("SHIPFREE", { type: "free_shipping", value: 0, allocation: "total" });
  await create("FRIENDS", {
    type: "percentage",
    value: 20,
    allocation: "item",
    conditions: [
      { operator: "in", customer_groups: groups.map(({ id }) => id) },
      { operator: "not_in", product_collections: [] },
      { operator: "in", product_types: [products.shirt.type_id] },
    ].filter((condition) => Object.values(condition)[1].length > 0),
  });
  const lastDay = await create("LASTDAY", { type: "percentage", value: 5, allocation: "total" });
  const dynamic = await create("PERSONAL", { type: "percentage", value: 15, allocation: "total" }, { is_dynamic: true, valid_duration: "P10Y" });
  await admin.post(`/admin/discounts/${dynamic.id}/dynamic-codes`, { code: "PERSONAL-1", usage_limit: 10, metadata: { for: "orders@example.com" } });
  return { lastDay };
}

export async function seedGiftCards(admin, { regions }) {
  const create = async (region, value, more = {}) => (await admin.post("/admin/gift-cards", { region_id: regions[region].id, value, ...more })).gift_card;
  return {
    small: await create("us", 1000),
    large: await create("us", 1_000_000, { ends_at: "2090-01-01T00:00:00Z", metadata: { from: "grandmother" } }),
    european: await create("eu", 2000),
  };
}
