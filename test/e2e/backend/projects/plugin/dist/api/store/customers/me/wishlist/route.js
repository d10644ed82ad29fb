// A route of the plugin's own, for customers who are logged in.
exports.GET = (req, res) => res.json({ wishlist: ["prod_1"], customer_id: req.user.customer_id });

exports.POST = (req, res) => res.status(201).json({ wishlist: [req.body.product_id], customer_id: req.user.customer_id });
