alter table contact add column open_until_kept integer not null default false;
