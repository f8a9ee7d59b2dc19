-- What a letter about a thing of the store says, such as a fridge that is warm. What only its reader may know never stands here.
ALTER TABLE deliveries ADD COLUMN words TEXT;
