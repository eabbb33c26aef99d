create index ix_contact_type on contact (type_id, occurred_at, id);
