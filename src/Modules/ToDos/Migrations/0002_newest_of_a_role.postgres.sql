create index ix_to_do_role_age on to_do (role_id, created_at, id) where state <> 'Complete';
