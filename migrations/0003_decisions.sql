CREATE TABLE "decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"seq" bigint NOT NULL,
	"person" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"sha256" text,
	"other_sha256" text,
	"says" text NOT NULL,
	"origin" text,
	"batch" uuid NOT NULL,
	"settles" boolean DEFAULT false NOT NULL,
	"plan" uuid,
	"chance" double precision,
	"shown" jsonb,
	"note" text
);
--> statement-breakpoint
CREATE TABLE "measure_plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"build_id" text NOT NULL,
	"split_id" text NOT NULL,
	"person" text NOT NULL,
	"settings" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "views" (
	"project" text NOT NULL,
	"name" text NOT NULL,
	"person" text NOT NULL,
	"address" text NOT NULL,
	"saved_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "views_project_name_pk" PRIMARY KEY("project","name")
);
--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "last_decision" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_order" ON "decisions" USING btree ("project","seq");--> statement-breakpoint
CREATE INDEX "decisions_person" ON "decisions" USING btree ("project","person","seq");--> statement-breakpoint
CREATE INDEX "decisions_batch" ON "decisions" USING btree ("batch");--> statement-breakpoint
DROP TABLE "reviews";