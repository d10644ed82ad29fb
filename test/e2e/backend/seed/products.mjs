// The products.
const CURRENCIES = { usd: 1, eur: 0.9, dkk: 7, gbp: 0.8 };

export function pricesFor(amount) {
  return Object.entries(CURRENCIES).map(([currency_code, rate]) => ({ currency_code, amount: Math.round(amount * rate) }));
}

export async function seedProducts(admin, salesChannels) {
  const create = async (body) =>
    (await admin.post("/admin/products", { status: "published", is_giftcard: false, sales_channels: salesChannels.map(({ id }) => ({ id })), ...body })).product;

  const { collection } = await admin.post("/admin/collections", { title: "Summer", handle: "summer", metadata: { season: "summer" } });
  const { product_category: clothing } = await admin.post("/admin/product-categories", { name: "Clothing", handle: "clothing", is_active: true, is_internal: false });
  const { product_category: shirts } = await admin.post("/admin/product-categories", { name: "Shirts", handle: "shirts", is_active: true, is_internal: false, parent_category_id: clothing.id });

  const shirt = await create({
    title: "T-shirt",
    subtitle: "Soft and plain",
    description: "A shirt of organic cotton.",
    handle: "t-shirt",
    material: "cotton",
    origin_country: "pt",
    hs_code: "6109",
    mid_code: "MID1",
    weight: 200,
    length: 30,
    width: 20,
    height: 2,
    collection_id: collection.id,
    type: { value: "clothing" },
    tags: [{ value: "cotton" }, { value: "basic" }],
    categories: [{ id: shirts.id }],
    images: ["http://images.example.com/shirt-front.jpg", "http://images.example.com/shirt-back.jpg"],
    thumbnail: "http://images.example.com/shirt.jpg",
    metadata: { care: "wash at 30" },
    options: [{ title: "Size" }, { title: "Colour" }],
    variants: [
      shirtVariant("S", "White", 1000),
      shirtVariant("M", "White", 1000, { barcode: "4006381333931", ean: "4006381333931", upc: "036000291452", material: "cotton", weight: 210, length: 31, width: 21, height: 2, hs_code: "6109", origin_country: "pt", mid_code: "MID1-M", metadata: { popular: true } }),
      shirtVariant("M", "Black", 1200, { allow_backorder: true }),
    ],
  });
  // This product has the required fields only; most of its fields are null.
  const mug = await create({
    title: "Mug",
    discountable: false,
    options: [{ title: "Size" }],
    variants: [{ title: "One size", inventory_quantity: 1000, manage_inventory: false, prices: pricesFor(750), options: [{ value: "One size" }] }],
  });
  const trousers = await create({
    title: "Trousers",
    subtitle: "Wide",
    handle: "trousers",
    type: { value: "clothing" },
    tags: [{ value: "basic" }],
    categories: [{ id: clothing.id }],
    options: [{ title: "Size" }],
    variants: ["30", "32"].map((size) => ({ title: size, sku: `TROUSERS-${size}`, inventory_quantity: 1000, prices: pricesFor(4990), options: [{ value: size }] })),
  });
  const giftCard = await create({
    title: "Gift card",
    handle: "gift-card",
    is_giftcard: true,
    discountable: false,
    options: [{ title: "Denomination" }],
    variants: [2500, 10000].map((amount) => ({ title: String(amount), inventory_quantity: 0, manage_inventory: false, prices: pricesFor(amount), options: [{ value: String(amount) }] })),
  });
  // This product is deleted after an order of it, which makes its relations in the order null.
  const discontinued = await create({
    title: "Discontinued hat",
    options: [{ title: "Size" }],
    variants: [{ title: "One size", inventory_quantity: 1000, prices: pricesFor(1990), options: [{ value: "One size" }] }],
  });
  return { shirt, mug, trousers, giftCard, discontinued };
}

// Lower prices for a time, for some customers, and for large quantities.
export async function seedPriceList(admin, products, regions, group) {
  await admin.post("/admin/price-lists", {
    name: "Loyal customers",
    description: "Ten per cent off the trousers",
    type: "sale",
    status: "active",
    starts_at: "2020-01-01T00:00:00Z",
    customer_groups: [{ id: group.id }],
    prices: products.trousers.variants.flatMap(({ id }) => [
      { variant_id: id, amount: 4490, region_id: regions.us.id },
      { variant_id: id, amount: 4000, region_id: regions.us.id, min_quantity: 5, max_quantity: 100 },
    ]),
  });
}

// A product type has a tax rate of its own, so that the lines of one order differ.
export async function seedTaxRates(admin, products, regions) {
  await admin.post("/admin/tax-rates", { region_id: regions.eu.id, code: "reduced", name: "Reduced rate", rate: 7, products: [products.mug.id] });
}

function shirtVariant(size, colour, amount, more = {}) {
  return {
    title: `${size} / ${colour}`,
    sku: `SHIRT-${size}-${colour.toUpperCase()}`,
    inventory_quantity: 1000,
    prices: pricesFor(amount),
    options: [{ value: size }, { value: colour }],
    ...more,
  };
}
