// The orders of the customer "orders", one of each kind that a shop can have. A story has a name, the arguments of
// Checkout.place or a draft, and the steps that follow.
import { ADDRESS } from "./addresses.mjs";
import { placeDraft } from "./drafts.mjs";

export function stories({ shop, reasons, giftCards, outlet, admin, customer }) {
  const { shirt, mug, trousers, giftCard, discontinued } = shop.products;
  const [small, medium, black] = shirt.variants;
  const [cup] = mug.variants;
  const [narrow, wide] = trousers.variants;
  const twoShirts = { lines: [[small, 2], [medium, 1]] };
  const oneOfEach = { lines: [[black, 1, { engraving: "O.O." }], [cup, 3], [narrow, 1]] };
  const context = { admin, shop };
  const draft = (body) => () => placeDraft(context, { customer, ...body });

  return [
    // As placed
    story("pending", twoShirts),
    story("pending, plain address", { ...oneOfEach, address: ADDRESS.plain, region: "eu" }),
    story("pending, other billing address", { ...twoShirts, billing: ADDRESS.plain, region: "dk" }),
    story("pending, tax included in the prices", { ...oneOfEach, region: "gb" }),
    story("pending, two taxes", { ...oneOfEach, region: "eu" }),
    story("pending, express", { ...twoShirts, shipping: "express" }),
    story("pending, two addresses in full", { ...oneOfEach, billing: ADDRESS.full, region: "eu" }),

    story("pending, sent to a saved address", { ...twoShirts, address: customer.addressId }),
    story("pending, no shipping address", { lines: [[giftCard.variants[0], 1]], region: "eu", shipping: [], address: null }),
    story("pending, other sales channel", { ...twoShirts, cart: { sales_channel_id: outlet.id } }),
    story("pending, sent in a way that is gone", { ...twoShirts, shipping: "pigeon" }), // retired in index.mjs
    story("pending, a discount that is gone", { ...twoShirts, discounts: ["LASTDAY"] }), // retired in index.mjs

    // Payment
    story("captured", twoShirts, (o) => o.capture()),
    story("captured, danish", { ...oneOfEach, region: "dk" }, (o) => o.capture()),
    story("partially refunded", twoShirts, async (o) => {
      await o.capture();
      await o.refund(100, "discount", "A little something");
    }),
    story("refunded three times", { ...oneOfEach, region: "eu" }, async (o) => {
      await o.capture();
      await o.refund(100, "other", "First");
      await o.refund(50, "discount");
      await o.refund(25, "other", "Third");
    }),
    story("refunded", twoShirts, async (o) => {
      await o.capture();
      await o.refundAll();
    }),
    story("payment requires action", { ...twoShirts, provider: "saved-methods", paymentData: { capture: "fails" } }, (o) => o.capture()),
    story("paid with a saved method", { ...oneOfEach, provider: "saved-methods", paymentData: { method: "pm_1" } }, (o) => o.capture()),

    // The order as a whole
    story("completed", twoShirts, async (o) => {
      await o.capture();
      await o.fulfillAndShip(["TRACK-1"]);
      await o.complete();
    }),
    story("completed, danish", { ...oneOfEach, region: "dk" }, async (o) => {
      await o.capture();
      await o.fulfillAndShip(["TRACK-DK-1", "TRACK-DK-2"]);
      await o.complete();
    }),
    story("archived", twoShirts, async (o) => {
      await o.capture();
      await o.fulfillAndShip();
      await o.complete();
      await o.archive();
    }),
    story("canceled", twoShirts, (o) => o.cancel()),
    story("canceled after its fulfillment was", { ...oneOfEach, region: "eu" }, async (o) => {
      await o.cancelFulfillment(await o.fulfill());
      await o.cancel();
    }),

    // Fulfillment
    story("fulfilled", twoShirts, (o) => o.fulfill({ metadata: { packed_by: "Peter" } })),
    story("fulfilled, nobody told", { ...oneOfEach, region: "dk" }, (o) => o.fulfill({ noNotification: true })),
    story("partially fulfilled", oneOfEach, (o) => o.fulfill({ count: 1 })),
    story("partially fulfilled, some pieces", twoShirts, (o) => o.fulfill({ count: 1, quantity: 1 })),
    story("fulfillment canceled", twoShirts, async (o) => o.cancelFulfillment(await o.fulfill())),
    story("shipped", twoShirts, (o) => o.fulfillAndShip(["TRACK-2", "TRACK-3"])),
    story("shipped, no tracking", { ...oneOfEach, region: "eu" }, (o) => o.fulfillAndShip()),
    story("partially shipped", oneOfEach, async (o) => {
      await o.ship(await o.fulfill({ count: 1 }), ["TRACK-4"]);
    }),
    story("shipped in two parcels", oneOfEach, async (o) => {
      await o.ship(await o.fulfill({ count: 1 }), ["TRACK-5"]);
      await o.ship(await o.fulfill(), ["TRACK-6"]);
    }),

    // Returns
    story("return requested", twoShirts, async (o) => {
      await sent(o);
      await o.requestReturn({ reason: reasons.regret, note: "The sleeves", shipping: { price: 200 } });
    }),
    story("return requested by the customer", twoShirts, async (o) => {
      await sent(o);
      await o.customerRequestsReturn({ reason: reasons.tooSmall, note: "Really small" });
    }),
    story("return requested, nothing told", twoShirts, async (o) => {
      await sent(o);
      await o.requestReturn({ no_notification: true });
    }),
    story("returned", twoShirts, async (o) => {
      await sent(o);
      await o.receiveReturn(await o.requestReturn({ count: 2, reason: reasons.tooSmall, shipping: { price: 0 } }));
    }),
    story("partially returned", { ...oneOfEach, region: "eu" }, async (o) => {
      await sent(o);
      await o.receiveReturn(await o.requestReturn({ count: 1, shipping: { price: 150 }, refund: 300 }));
    }),
    story("returned, less than announced", twoShirts, async (o) => {
      await sent(o);
      await o.receiveReturn(await o.requestReturn({ count: 1, quantity: 2 }), { quantity: 1 });
    }),
    story("return requires action", oneOfEach, async (o) => {
      await sent(o);
      await o.requestReturn(); // sql.mjs sets the status, as Medusa fails where it would
    }),
    story("returned, but refunded before", twoShirts, async (o) => {
      await sent(o);
      const back = await o.requestReturn({ count: 2 });
      await o.refundAll();
      await o.receiveReturn(back);
    }),
    story("return received at once", twoShirts, async (o) => {
      await sent(o);
      await o.requestReturn({ quantity: 1, receive_now: true, refund: 500 });
    }),
    story("return canceled", twoShirts, async (o) => {
      await sent(o);
      await o.cancelReturn(await o.requestReturn());
    }),

    // Swaps
    story("swap requested", twoShirts, async (o) => {
      await sent(o);
      await o.swap({ additional: [[medium, 1]], reason: reasons.regret, note: "A larger one" });
    }),
    story("swap, difference paid", twoShirts, async (o) => {
      await sent(o);
      const swap = await o.swap({ additional: [[narrow, 1], [cup, 1]] });
      await o.paySwap(swap);
      await o.swapDo(swap, "process-payment");
    }),
    story("swap, paid but not captured", twoShirts, async (o) => {
      await sent(o);
      await o.paySwap(await o.swap({ additional: [[wide, 1]] }));
    }),
    story("swap, the shop owes the difference", { lines: [[narrow, 1]] }, async (o) => {
      await sent(o);
      await o.paySwap(await o.swap({ additional: [[cup, 1]], note: "Cups are enough" }));
    }),
    story("swap, fulfilled", twoShirts, async (o) => {
      await sent(o);
      const swap = await o.swap({ additional: [[wide, 1]], no_notification: true });
      await o.paySwap(swap);
      await o.swapDo(swap, "process-payment");
      await o.fulfillSwap(swap, { packed_by: "Peter" });
    }),
    story("swap, shipped and received", twoShirts, async (o) => {
      await sent(o);
      const swap = await o.swap({ additional: [[wide, 1]] });
      await o.paySwap(swap);
      await o.swapDo(swap, "process-payment");
      const fulfillment = await o.fulfillSwap(swap);
      await o.swapDo(swap, "shipments", { fulfillment_id: fulfillment.id, tracking_numbers: ["TRACK-SWAP"] });
      await o.receiveSwap(swap);
    }),
    story("swap, difference refunded", { lines: [[narrow, 1]], region: "eu" }, async (o) => {
      await sent(o);
      const swap = await o.swap({ additional: [[cup, 1]] });
      await o.paySwap(swap);
      await o.swapDo(swap, "process-payment");
    }),
    story("swap, payment requires action", twoShirts, async (o) => {
      await sent(o);
      const swap = await o.swap({ additional: [[wide, 2]] });
      await o.paySwap(swap, { provider: "saved-methods", data: { capture: "fails" } });
      await o.swapDo(swap, "process-payment");
    }),
    story("swap canceled", twoShirts, async (o) => {
      await sent(o);
      const swap = await o.swap({ additional: [[medium, 1]] });
      await o.cancelReturn(swap.return_order);
      await o.swapDo(swap, "cancel");
    }),

    // Claims
    story("claim, refund", twoShirts, async (o) => {
      await sent(o);
      await o.claim({ type: "refund", reason: "missing_item", note: "Not in the box", refund_amount: 700 });
    }),
    story("claim, refund, return requested", twoShirts, async (o) => {
      await sent(o);
      await o.claim({ type: "refund", reason: "production_failure", images: ["http://images.example.com/hole.jpg"], tags: ["hole", "sleeve"], returnShipping: { price: 0 } });
    }),
    story("claim, replace", { ...oneOfEach, region: "eu" }, async (o) => {
      await sent(o);
      await o.claim({ type: "replace", reason: "wrong_item", additional: [[black, 1]], shipping: { price: 0 }, metadata: { handled_by: "Clara" } });
    }),
    story("claim, replace, everything told", twoShirts, async (o) => {
      await sent(o);
      const claim = await o.claim({ type: "replace", reason: "other", note: "Wrong colour", additional: [[black, 1]], shipping: { price: 100 }, returnShipping: { price: 0 }, no_notification: true, shipping_address: { ...ADDRESS.full, country_code: "us" } });
      await o.updateClaim(claim, {
        claim_items: [{ id: claim.claim_items[0].id, note: "Wrong colour, twice", reason: "wrong_item", images: [{ url: "http://images.example.com/colour.jpg" }], tags: [{ value: "colour" }], metadata: { seen: true } }],
        metadata: { handled_by: "Clara" },
      });
    }),
    story("claim, replace, fulfilled", twoShirts, async (o) => {
      await sent(o);
      await o.fulfillClaim(await o.claim({ type: "replace", reason: "wrong_item", additional: [[black, 1]], shipping: { price: 0 } }));
    }),
    story("claim, replace, shipped and received", twoShirts, async (o) => {
      await sent(o);
      const claim = await o.claim({ type: "replace", reason: "missing_item", additional: [[medium, 1]], shipping: { price: 0 }, returnShipping: { price: 0 } });
      const fulfillment = await o.fulfillClaim(claim);
      await o.claimDo(claim, "shipments", { fulfillment_id: fulfillment.id, tracking_numbers: ["TRACK-CLAIM"] });
      await o.receiveClaim(claim);
    }),
    story("claim canceled", twoShirts, async (o) => {
      await sent(o);
      await o.claimDo(await o.claim({ type: "replace", reason: "other", additional: [[black, 1]], shipping: { price: 0 } }), "cancel");
    }),

    // Discounts and gift cards
    story("discount, percentage", { ...oneOfEach, discounts: ["TENPERCENT"] }),
    story("discount, percentage, german", { ...oneOfEach, discounts: ["TENPERCENT"], region: "eu" }, (o) => o.capture()),
    story("discount, fixed", { ...twoShirts, discounts: ["FIVEOFF"] }, (o) => o.capture()),
    story("discount, fixed for each, on conditions", { ...oneOfEach, discounts: ["ONEOFFEACH"] }),
    story("discount, free shipping", { ...twoShirts, discounts: ["SHIPFREE"] }),
    story("discount, two codes", { ...twoShirts, discounts: ["TENPERCENT", "SHIPFREE"] }),
    story("discount, personal code", { ...twoShirts, discounts: ["PERSONAL-1"], region: "dk" }),
    story("discounted, then returned", { ...twoShirts, discounts: ["TENPERCENT"] }, async (o) => {
      await sent(o);
      await o.receiveReturn(await o.requestReturn({ quantity: 1 }));
    }),
    story("paid with a gift card in part", { ...twoShirts, giftCards: [giftCards.small.code] }, (o) => o.capture()),
    story("paid with a gift card", { ...twoShirts, giftCards: [giftCards.large.code] }),
    story("paid with a gift card and taxed", { ...oneOfEach, region: "eu", giftCards: [giftCards.european.code] }, (o) => o.capture()),
    story("gift cards bought", { lines: [[giftCard.variants[0], 2]], shipping: "email" }, (o) => o.capture()),
    story("a gift card and a mug bought", { lines: [[giftCard.variants[1], 1], [cup, 1]], shipping: ["standard", "email"] }),

    // Edits
    story("edit created", twoShirts, (o) => o.edit(undefined, (edit) => edit.add(cup, 1))),
    story("edit requested", twoShirts, async (o) => {
      await o.requestEdit(await o.edit("The customer called", (edit) => edit.add(cup, 2, { gift: true })));
    }),
    story("edit confirmed", twoShirts, async (o) => {
      const edit = await o.edit("Everything at once", async ({ lines, add, setQuantity, remove }) => {
        const [first, second] = [...lines].sort((a, b) => b.quantity - a.quantity);
        await add(cup, 1);
        await setQuantity(first, 3);
        await remove(second);
      });
      await o.requestEdit(edit);
      await o.confirmEdit(edit);
    }),
    story("edit paid by the customer", twoShirts, async (o) => {
      await o.capture();
      await o.payEdit(await o.requestEdit(await o.edit("Trousers too", (edit) => edit.add(wide, 1))));
    }),
    story("edit declined", twoShirts, async (o) => {
      const edit = await o.edit("An offer", (edit) => edit.add(narrow, 1));
      await o.requestEdit(edit);
      await o.declineEdit(edit, "Too dear");
    }),
    story("edit declined without a word", twoShirts, async (o) => {
      const edit = await o.edit("Another offer", (edit) => edit.add(narrow, 1));
      await o.requestEdit(edit);
      await o.declineEdit(edit);
    }),
    story("edit canceled", twoShirts, async (o) => o.cancelEdit(await o.edit("A mistake", (edit) => edit.add(cup, 9)))),

    // Orders of other origins, and odd ones
    draftStory("draft", draft({ items: [{ variant: small, quantity: 1 }], metadata: { taken_by: "phone" } })),
    draftStory("draft, custom lines", draft({ items: [{ title: "Embroidery", unit_price: 1234, quantity: 2, metadata: { text: "O.O." } }, { variant: cup, quantity: 1 }], no_notification_order: true })),
    draftStory("draft, no address", draft({ items: [{ variant: cup, quantity: 1 }], address: null })),
    draftStory("draft, discounted, german", draft({ region: "eu", items: [{ variant: medium, quantity: 2 }], discounts: [{ code: "TENPERCENT" }] }), (o) => o.capture()),
    story("with notes", twoShirts, async (o) => {
      await o.note("Please ring twice");
      await o.note("Rang three times");
    }),
    story("no notifications", twoShirts, (o) => o.update({ no_notification: true })),
    story("with metadata", { ...twoShirts, cart: { context: { user_agent: "seed" } } }), // sql.mjs sets the rest
    story("discontinued product", { lines: [[discontinued.variants[0], 1], [small, 1]] }),
    story("without sales channel", twoShirts), // by sql.mjs
    story("status requires action", twoShirts), // by sql.mjs, as nothing in Medusa sets that status
    story("from elsewhere", { ...twoShirts, region: "dk" }), // sql.mjs sets an external id and a tax rate
    story("not paid", twoShirts), // by sql.mjs
    // sql.mjs fills the columns that only a plugin fills.
    story("with everything a plugin can add", { ...twoShirts, region: "dk", discounts: ["TENPERCENT"] }, async (o) => {
      await sent(o);
      await o.refund(100, "other", "Sorry");
      await o.receiveReturn(await o.requestReturn({ quantity: 1, reason: reasons.regret, note: "No", shipping: { price: 0 } }));
    }),
  ];
}

function story(name, buy, then) {
  return { name, place: (checkout) => checkout.place(buy), then };
}

function draftStory(name, place, then) {
  return { name, place, then };
}

// Lines can be returned only if they are paid and shipped.
async function sent(order) {
  await order.capture();
  await order.fulfillAndShip(["TRACK-OUT"]);
}
