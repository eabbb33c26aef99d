-- What is to do for an account or a place, and for nobody by name.
create index ix_to_do_account on to_do (account_id, id) where person_id is null and state <> 'Complete';
create index ix_to_do_premise on to_do (premise_id, id) where person_id is null and account_id is null and state <> 'Complete';
