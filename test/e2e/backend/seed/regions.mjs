// Four regions that differ in tax.
const PROVIDERS = {
  payment_providers: ["manual", "saved-methods"],
  fulfillment_providers: ["manual"],
};

export async function seedRegions(admin) {
  await admin.post("/admin/store", { name: "Seeded shop", currencies: ["usd", "eur", "dkk", "gbp"] });
  const create = async (body) => (await admin.post("/admin/regions", { ...PROVIDERS, ...body })).region;

  const us = await create({ name: "United States", currency_code: "usd", tax_rate: 0, countries: ["us"] });
  const eu = await create({ name: "Europe", currency_code: "eur", tax_rate: 19, tax_code: "DE19", countries: ["de", "fr"] });
  const dk = await create({ name: "Denmark", currency_code: "dkk", tax_rate: 25, countries: ["dk"] });
  // Prices include the tax here if Medusa runs with the feature tax_inclusive_pricing.
  const gb = await create({ name: "Great Britain", currency_code: "gbp", tax_rate: 20, countries: ["gb"], includes_tax: true });

  await admin.post(`/admin/regions/${us.id}`, { gift_cards_taxable: false, metadata: { head_office: true } });
  return { us, eu, dk, gb };
}

export async function seedShippingOptions(admin, regions) {
  const { shipping_profiles } = await admin.get("/admin/shipping-profiles");
  const profile = shipping_profiles.find(({ type }) => type === "default");
  const giftCardProfile = shipping_profiles.find(({ type }) => type === "gift_card");
  const options = {};
  for (const [key, region] of Object.entries(regions)) {
    const create = async (body) =>
      (
        await admin.post("/admin/shipping-options", {
          region_id: region.id,
          provider_id: "manual",
          profile_id: profile.id,
          price_type: "flat_rate",
          data: { id: "manual-fulfillment" },
          ...body,
        })
      ).shipping_option;
    options[key] = {
      standard: await create({ name: `Standard ${key}`, amount: 500, metadata: { carrier: "post" } }),
      express: await create({ name: `Express ${key}`, amount: 1500, requirements: [{ type: "max_subtotal", amount: 10_000_000 }] }),
      email: await create({ name: `By email ${key}`, amount: 0, profile_id: giftCardProfile.id }),
      back: await create({ name: `Return ${key}`, amount: 200, is_return: true, data: { id: "manual-fulfillment-return" } }),
    };
  }
  const { us } = options;
  us.pigeon = (await admin.post("/admin/shipping-options", { name: "Pigeon", region_id: regions.us.id, provider_id: "manual", profile_id: profile.id, price_type: "flat_rate", amount: 1, data: { id: "manual-fulfillment" } })).shipping_option;
  return options;
}
