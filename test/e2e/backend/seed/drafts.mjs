// Orders that an administrator drafts and marks as paid.
import { ADDRESS } from "./addresses.mjs";

export async function placeDraft({ admin, shop }, { customer, region = "us", items, shipping = { price: 300 }, address = ADDRESS.full, ...more }) {
  const { regions, options } = shop;
  const country = regions[region].countries[0].iso_2;
  const body = {
    email: customer.email,
    customer_id: customer.id,
    region_id: regions[region].id,
    items: items.map(({ variant, ...item }) => (variant ? { ...item, variant_id: variant.id } : item)),
    shipping_methods: [{ option_id: options[region].standard.id, ...shipping }],
    ...more,
  };
  if (address) body.shipping_address = { ...address, country_code: country };
  const { draft_order } = await admin.post("/admin/draft-orders", body);
  return (await admin.post(`/admin/draft-orders/${draft_order.id}/pay`)).order;
}
