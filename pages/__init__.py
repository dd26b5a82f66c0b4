"""The pages of the app: only the files of this folder itself are pages, its folders hold what they are made of."""
