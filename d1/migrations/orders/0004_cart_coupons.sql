-- The coupons that were put into a cart.
ALTER TABLE carts ADD COLUMN coupons TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(coupons));
