SET LOCAL ROLE app_owner;

DROP TABLE sessions;
DROP TABLE users;
