CREATE TABLE "builds" (
	"id" text PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"digest" text NOT NULL,
	"input_digest" text NOT NULL,
	"sample_count" integer NOT NULL,
	"config" jsonb NOT NULL,
	"counts" jsonb NOT NULL,
	"duplicate_measure" jsonb,
	"forgotten_keys" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"used_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "classes" (
	"project" text NOT NULL,
	"name" text NOT NULL,
	"position" integer NOT NULL,
	"target_urls" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "classes_project_name_pk" PRIMARY KEY("project","name")
);
--> statement-breakpoint
CREATE TABLE "embeddings" (
	"sha256" text NOT NULL,
	"network" text NOT NULL,
	"values" "bytea" NOT NULL,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "embeddings_network_sha256_pk" PRIMARY KEY("network","sha256")
);
--> statement-breakpoint
CREATE TABLE "engines" (
	"engine" text PRIMARY KEY NOT NULL,
	"next_allowed_at" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"suspended_until" timestamp with time zone,
	"reason" text,
	"last_class" text,
	"last_answer_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "exclusions" (
	"build_id" text NOT NULL,
	"sha256" text NOT NULL,
	"class_name" text NOT NULL,
	"outcome" text NOT NULL,
	"kept_sha256" text,
	"detail" text,
	CONSTRAINT "exclusions_build_id_sha256_class_name_pk" PRIMARY KEY("build_id","sha256","class_name")
);
--> statement-breakpoint
CREATE TABLE "fetches" (
	"project" text NOT NULL,
	"canonical_url" text NOT NULL,
	"host" text NOT NULL,
	"outcome" text,
	"detail" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_try_at" timestamp with time zone,
	"page_url" text,
	"final_url" text,
	"status" integer,
	"sha256" text,
	"etag" text,
	"last_modified" text,
	"fresh_until" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "forgotten" (
	"project" text NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"forgotten_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "forgotten_project_kind_value_pk" PRIMARY KEY("project","kind","value")
);
--> statement-breakpoint
CREATE TABLE "hits" (
	"id" text PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"class_name" text NOT NULL,
	"engine" text NOT NULL,
	"engine_version" text DEFAULT '' NOT NULL,
	"query" text NOT NULL,
	"variant" text DEFAULT '' NOT NULL,
	"page" integer NOT NULL,
	"rank" integer NOT NULL,
	"image_url" text NOT NULL,
	"canonical_url" text,
	"page_url" text,
	"thumb_url" text,
	"title" text,
	"width" integer,
	"height" integer,
	"mime" text,
	"size_bytes" bigint,
	"sha1" text,
	"md5" text,
	"license" text,
	"license_url" text,
	"creator" text,
	"attribution" text,
	"engine_dups" jsonb,
	"raw_ref" text,
	"fetched_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"next_allowed_at" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"suspended_until" timestamp with time zone,
	"crawl_delay_millis" integer,
	"lease_holder" text,
	"lease_until" timestamp with time zone,
	"robots_text" text,
	"robots_status" integer,
	"robots_fetched_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "images" (
	"sha256" text PRIMARY KEY NOT NULL,
	"size_bytes" bigint NOT NULL,
	"mime" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"pixel_sha256" text,
	"pdq" text,
	"pdq_quality" integer,
	"measures" jsonb,
	"decode_outcome" text,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"name" text PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"crawl_settings" jsonb,
	"crawl_rounds" integer DEFAULT 0 NOT NULL,
	"crawl_finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "queries" (
	"project" text NOT NULL,
	"class_name" text NOT NULL,
	"engine" text NOT NULL,
	"query" text NOT NULL,
	"variant" text DEFAULT '' NOT NULL,
	"pages" integer DEFAULT 0 NOT NULL,
	"cursor" jsonb,
	"state" text DEFAULT 'pending' NOT NULL,
	"response_class" text,
	"hit_count" integer DEFAULT 0 NOT NULL,
	"next_try_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "queries_project_class_name_engine_query_variant_pk" PRIMARY KEY("project","class_name","engine","query","variant")
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"project" text NOT NULL,
	"sha256" text NOT NULL,
	"kind" text NOT NULL,
	"class_name" text,
	"note" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reviews_project_sha256_pk" PRIMARY KEY("project","sha256")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"identity" text PRIMARY KEY NOT NULL,
	"folder" text NOT NULL,
	"project" text NOT NULL,
	"build_id" text NOT NULL,
	"split_id" text,
	"method" text NOT NULL,
	"model" text NOT NULL,
	"seed" integer NOT NULL,
	"summary" jsonb NOT NULL,
	"finished_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "samples" (
	"build_id" text NOT NULL,
	"key" text NOT NULL,
	"position" integer NOT NULL,
	"shard" text NOT NULL,
	"offset" bigint NOT NULL,
	"length" integer NOT NULL,
	"sha256" text NOT NULL,
	"class_name" text NOT NULL,
	"label" integer NOT NULL,
	"conflicts" jsonb NOT NULL,
	"copies" integer NOT NULL,
	CONSTRAINT "samples_build_id_key_pk" PRIMARY KEY("build_id","key")
);
--> statement-breakpoint
CREATE TABLE "sightings" (
	"hit_id" text NOT NULL,
	"sha256" text NOT NULL,
	"project" text NOT NULL,
	CONSTRAINT "sightings_hit_id_sha256_pk" PRIMARY KEY("hit_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "split_samples" (
	"split_id" text NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"clean_probability" real NOT NULL,
	"closed_probability" real NOT NULL,
	"open_probability" real NOT NULL,
	"refined_label" integer NOT NULL,
	"score" double precision NOT NULL,
	CONSTRAINT "split_samples_split_id_key_pk" PRIMARY KEY("split_id","key")
);
--> statement-breakpoint
CREATE TABLE "splits" (
	"id" text PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"build_id" text NOT NULL,
	"method" text NOT NULL,
	"teacher_digest" text NOT NULL,
	"config" jsonb NOT NULL,
	"counts" jsonb NOT NULL,
	"quality" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"id" text PRIMARY KEY NOT NULL,
	"hostname" text NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heard_at" timestamp with time zone DEFAULT now() NOT NULL,
	"jobs_done" integer DEFAULT 0 NOT NULL,
	"images_done" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "builds" ADD CONSTRAINT "builds_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "classes" ADD CONSTRAINT "classes_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embeddings" ADD CONSTRAINT "embeddings_sha256_images_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."images"("sha256") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_build_id_builds_id_fk" FOREIGN KEY ("build_id") REFERENCES "public"."builds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fetches" ADD CONSTRAINT "fetches_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "forgotten" ADD CONSTRAINT "forgotten_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hits" ADD CONSTRAINT "hits_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queries" ADD CONSTRAINT "queries_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_build_id_builds_id_fk" FOREIGN KEY ("build_id") REFERENCES "public"."builds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_build_id_builds_id_fk" FOREIGN KEY ("build_id") REFERENCES "public"."builds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sightings" ADD CONSTRAINT "sightings_hit_id_hits_id_fk" FOREIGN KEY ("hit_id") REFERENCES "public"."hits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sightings" ADD CONSTRAINT "sightings_sha256_images_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."images"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "split_samples" ADD CONSTRAINT "split_samples_split_id_splits_id_fk" FOREIGN KEY ("split_id") REFERENCES "public"."splits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "splits" ADD CONSTRAINT "splits_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "splits" ADD CONSTRAINT "splits_build_id_builds_id_fk" FOREIGN KEY ("build_id") REFERENCES "public"."builds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "embeddings_image" ON "embeddings" USING btree ("sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "fetches_url" ON "fetches" USING btree ("project",md5("canonical_url"));--> statement-breakpoint
CREATE INDEX "fetches_host" ON "fetches" USING btree ("project","host");--> statement-breakpoint
CREATE INDEX "fetches_due" ON "fetches" USING btree ("project","next_try_at");--> statement-breakpoint
CREATE UNIQUE INDEX "hits_place" ON "hits" USING btree ("project","class_name","engine","query","variant","page","rank");--> statement-breakpoint
CREATE INDEX "hits_url" ON "hits" USING btree ("project",md5("canonical_url"));--> statement-breakpoint
CREATE INDEX "images_pixels" ON "images" USING btree ("pixel_sha256");--> statement-breakpoint
CREATE INDEX "samples_image" ON "samples" USING btree ("build_id","sha256");--> statement-breakpoint
CREATE INDEX "sightings_image" ON "sightings" USING btree ("project","sha256");