-- By which authorisation somebody speaks for the customer.
alter table caller add column authorisation_id bigint references authorisation (id);
