ALTER TABLE "queries" ADD COLUMN "followed_pages" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "hits_sha1" ON "hits" USING btree ("project") WHERE "hits"."sha1" is not null;--> statement-breakpoint
CREATE INDEX "hits_dups" ON "hits" USING btree ("project") WHERE "hits"."engine_dups" is not null;