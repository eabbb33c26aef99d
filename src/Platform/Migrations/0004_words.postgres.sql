-- Beginnings are completed from the words that rows have. covered: length of the longest word that every row with this one has as well and that
-- this one begins with.
alter table search_variant add column covered smallint not null default 0;
insert into search_variant (variant, word)
select word, word from ts_stat('select keys from search_row') where word ~ '^[[:alpha:]]{1,3}$' on conflict do nothing;
create index ix_search_variant_word on search_variant (word collate "C", covered) where word = variant;
