// Addresses without a country, which is the region's: one with every field, one with the required fields only.
export const ADDRESS = {
  full: { first_name: "Olivia", last_name: "Orders", company: "Orders Ltd", address_1: "Main Street 1", address_2: "2nd floor", city: "Copenhagen", postal_code: "1000", province: "Zealand", phone: "+4512345678", metadata: { doorbell: "Orders" } },
  plain: { first_name: "Olivia", last_name: "Orders", address_1: "Side Street 2", city: "Berlin", postal_code: "10115" },
};
