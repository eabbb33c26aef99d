alter table job add column death_id bigint;
