// Step 2: validators that take the properties in requests. Each has the name of the one that it replaces.
const { IsInt, IsOptional, IsString, MaxLength } = require("class-validator");
const { Router } = require("express");
const { registerOverriddenValidators } = require("@medusajs/medusa");
const register = require("@medusajs/medusa/dist/api/routes/store/customers/create-customer");
const update = require("@medusajs/medusa/dist/api/routes/store/customers/update-customer");

class StorePostCustomersReq extends register.StorePostCustomersReq {}
class StorePostCustomersCustomerReq extends update.StorePostCustomersCustomerReq {}

for (const validator of [StorePostCustomersReq, StorePostCustomersCustomerReq]) {
  for (const check of [IsOptional(), IsString(), MaxLength(40)]) check(validator.prototype, "nickname");
  for (const check of [IsOptional(), IsInt()]) check(validator.prototype, "loyalty_points");
  registerOverriddenValidators(validator);
}

exports.default = () => Router();
