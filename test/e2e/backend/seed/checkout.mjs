// The way from an empty cart to an order, as a storefront does it.
import { ADDRESS } from "./addresses.mjs";

export class Checkout {
  #store;
  #shop;

  // store acts for the customer who buys. If it is not logged in, the order is a guest's.
  constructor(store, shop) {
    this.#store = store;
    this.#shop = shop;
  }

  // region is the key of a region, and each line is [variant, quantity, metadata?]. address is a shipping address, the id of a
  // saved one, or null; shipping has keys of shipping options.
  async place({ email, region = "us", lines, shipping = "standard", address = ADDRESS.full, billing, provider = "manual", discounts, giftCards, paymentData, cart: more = {} }) {
    const { regions, options, salesChannel } = this.#shop;
    const post = async (path, body) => (await this.#store.post(`/store/carts/${path}`, body)).cart;
    const country = regions[region].countries[0].iso_2;

    // Lines with metadata can't be part of the request that creates the cart.
    const plain = lines.filter(([, , metadata]) => !metadata);
    let { cart } = await this.#store.post("/store/carts", {
      region_id: regions[region].id,
      // With a country the cart gets an address that has nothing else.
      country_code: address ? country : undefined,
      sales_channel_id: salesChannel.id,
      items: plain.map(([variant, quantity]) => ({ variant_id: variant.id, quantity })),
      ...more,
    });
    for (const [variant, quantity, metadata] of lines.filter((line) => !plain.includes(line))) {
      cart = await post(`${cart.id}/line-items`, { variant_id: variant.id, quantity, metadata });
    }
    const update = {};
    if (address) update.shipping_address = typeof address === "string" ? address : { ...address, country_code: country };
    if (email) update.email = email;
    if (billing) update.billing_address = { ...billing, country_code: country };
    if (discounts) update.discounts = discounts.map((code) => ({ code }));
    if (giftCards) update.gift_cards = giftCards.map((code) => ({ code }));
    if (Object.keys(update).length) cart = await post(cart.id, update);
    for (const name of [shipping].flat()) {
      cart = await post(`${cart.id}/shipping-methods`, { option_id: options[region][name].id, data: {} });
    }
    cart = await post(`${cart.id}/payment-sessions`);
    // There are no payment sessions if nothing is left to pay.
    if (cart.payment_sessions?.length) {
      await post(`${cart.id}/payment-session`, { provider_id: provider });
      if (paymentData) await post(`${cart.id}/payment-sessions/${provider}`, { data: paymentData });
    }
    const { type, data } = await this.#store.post(`/store/carts/${cart.id}/complete`);
    if (type !== "order") throw new Error(`cart ${cart.id} became ${type}: ${JSON.stringify(data)}`);
    return data;
  }
}
