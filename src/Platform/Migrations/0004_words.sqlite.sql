-- Beginnings are completed from the words that rows have. covered: length of the longest word that every row with this one has as well and that
-- this one begins with.
alter table search_variant add column covered integer not null default 0;
create virtual table temp.search_vocabulary using fts5vocab('main', 'search_word', 'row');
insert into search_variant (variant, word)
select term, term from temp.search_vocabulary where length(term) <= 3 and term not glob '*[^a-z]*' on conflict do nothing;
drop table temp.search_vocabulary;
create index ix_search_variant_word on search_variant (word, covered) where word = variant;
