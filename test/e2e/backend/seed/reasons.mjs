// Return reasons. A return can't have a reason that is the parent of others.
export async function seedReturnReasons(admin) {
  const create = async (body) => (await admin.post("/admin/return-reasons", body)).return_reason;
  const size = await create({ value: "size", label: "Size" });
  const tooSmall = await create({ value: "too_small", label: "Too small", parent_return_reason_id: size.id });
  const regret = await create({ value: "regret", label: "Changed my mind", description: "For whatever reason", metadata: { fee: false } });
  return { tooSmall, regret };
}
