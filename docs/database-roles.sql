-- The three roles of the database. Run this once, as a superuser, in a PostgreSQL (17 or newer) of your own:
--
--   psql -v owner_password="'...'" -v app_password="'...'" -v disposal_password="'...'" -f docs/database-roles.sql
--
-- then set DATABASE_OWNER_URL, DATABASE_URL and DATABASE_DISPOSAL_URL to the database with these roles, in this order.
-- `manage.py setup` migrates as the owner and gives the two others their rights; it does so after every upgrade.

-- Makes and changes tables. To run the tests against this server it also needs CREATEDB, and membership in the two
-- roles below: GRANT liaison_app, liaison_disposal TO liaison_owner.
CREATE ROLE liaison_owner LOGIN PASSWORD :owner_password;
-- What the web process and the worker are. It cannot change or delete audit and history.
CREATE ROLE liaison_app LOGIN PASSWORD :app_password;
-- What the nightly purge is. It removes what retention says must go, and can touch no audit.
CREATE ROLE liaison_disposal LOGIN PASSWORD :disposal_password;

CREATE DATABASE liaison OWNER liaison_owner ENCODING 'UTF8' TEMPLATE template0;
