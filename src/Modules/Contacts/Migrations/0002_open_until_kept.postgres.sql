alter table contact add column open_until_kept boolean not null default false;
