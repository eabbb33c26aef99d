create index ix_contact_wrap_up on contact (wrap_up_code_id, occurred_at, id) where wrap_up_code_id is not null;
