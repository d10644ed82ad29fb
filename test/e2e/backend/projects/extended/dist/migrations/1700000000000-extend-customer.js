exports.ExtendCustomer1700000000000 = class {
  name = "ExtendCustomer1700000000000";

  async up(queryRunner) {
    await queryRunner.query(`ALTER TABLE "customer" ADD COLUMN IF NOT EXISTS "nickname" varchar, ADD COLUMN IF NOT EXISTS "loyalty_points" integer`);
  }

  async down(queryRunner) {
    await queryRunner.query(`ALTER TABLE "customer" DROP COLUMN "nickname", DROP COLUMN "loyalty_points"`);
  }
};
