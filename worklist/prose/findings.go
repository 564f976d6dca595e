package prose

// Things are what reports affirm and deny most, and must not do at once.
var Things = NewLexicon(`
pneumothorax | pneumothorax, pneumothoraces, ptx, spannungspneumothorax
pleural effusion | pleural effusion, pleural effusions, pleuraerguss, pleuraergüsse, right effusion, left effusion, left-sided effusion
joint effusion | joint effusion, gelenkerguss, lipohaemarthrosis, lipohemarthrosis
effusion* | effusion, effusions, erguss
consolidation | consolidation, consolidations, infiltrate, infiltrates, pneumonia, airspace opacity, infiltrat
fracture* | fracture, fractures, fraktur, frakturen, fractured
dislocation | dislocation, dislocated, luxation
haemorrhage* | hemorrhage, haemorrhage, hemorrhages, haemorrhages, bleed, blutung, blutungen
subarachnoid haemorrhage < haemorrhage | subarachnoid hemorrhage, subarachnoid haemorrhage, subarachnoidalblutung
subdural haematoma < haemorrhage | subdural hematoma, subdural haematoma, subdural hematomas, subdural collection, subduralhämatom
epidural haematoma | epidural hematoma, epidural haematoma, extradural haematoma, epiduralhämatom
pulmonary embolism | pulmonary embolism, pulmonary embolus, pulmonary emboli, pulmonary embolisms, lungenembolie
infarct | infarct, infarcts, infarction, restricted diffusion, infarkt
midline shift | midline shift
herniation | herniation
dissection | dissection
aneurysm* | aneurysm, aneurysms, aneurysma
rupture | rupture, ruptured
thrombosis* | thrombosis, thrombus, thrombi, dvt, thrombose
hydronephrosis | hydronephrosis, hydroureteronephrosis, harnstau, hydronephrose
stone* | stone, stones, calculus, calculi, gallstones, gallstone, cholelithiasis, cholecystolithiasis, nephrolithiasis, konkrement
free air | free air, free gas, pneumoperitoneum, free intraperitoneal air, free intraperitoneal gas, freie luft
free fluid | free fluid, ascites, freie flüssigkeit
obstruction* | bowel obstruction, obstruction, ileus
appendicitis | appendicitis
cholecystitis | cholecystitis
diverticulitis | diverticulitis
pancreatitis | pancreatitis
abscess | abscess, abscesses, abszess
torsion | torsion
stenosis* | stenosis, stenoses, stenose
occlusion* | occlusion, occlusions, verschluss
lymphadenopathy* | lymphadenopathy, adenopathy, enlarged lymph nodes, enlarged nodes, lymphadenopathie
metastasis* | metastasis, metastases, metastatic disease, metastase, metastasen
mass* | mass, masses, raumforderung
haematoma* | hematoma, haematoma, hematomas
haemothorax | hemothorax, haemothorax
pneumatosis | pneumatosis
portal venous gas | portal venous gas
pneumomediastinum | pneumomediastinum
pericardial effusion | pericardial effusion, perikarderguss
osteomyelitis | osteomyelitis
atrophy* | atrophy
tear* | tear, tears, torn
cardiomegaly | cardiomegaly, kardiomegalie
lymphangitis | lymphangitis
loosening | loosening, lockerung
recurrence | recurrence, rezidiv
cord compression | cord compression, spinal cord compression, compression of the cord
enhancement* | abnormal enhancement
intussusception | intussusception
volvulus | volvulus
ischaemia | bowel ischemia, bowel ischaemia, mesenteric ischemia, mesenteric ischaemia
`)

// Critical are things that somebody has to be told of at once when they are new (ACR
// Actionable Reporting categories 1 and 2).
var Critical = NewLexicon(`
tension pneumothorax | tension pneumothorax, spannungspneumothorax
pneumothorax | pneumothorax, pneumothoraces
pulmonary embolism | pulmonary embolism, pulmonary embolus, pulmonary emboli, lungenembolie
intracranial haemorrhage | intracranial hemorrhage, intracranial haemorrhage, parenchymal hemorrhage, parenchymal haemorrhage, intracerebral hemorrhage, intracerebral haemorrhage, subarachnoid hemorrhage, subarachnoid haemorrhage, intraventricular hemorrhage, intraventricular haemorrhage, subdural hematoma, subdural haematoma, epidural hematoma, epidural haematoma, extradural haematoma, hirnblutung
herniation | uncal herniation, transtentorial herniation, tonsillar herniation, subfalcine herniation, brain herniation
infarct | acute infarct, acute infarction, acute ischemic stroke, acute ischaemic stroke, m1 occlusion, large vessel occlusion, basilar occlusion, basilar thrombosis, dense middle cerebral artery
dissection | aortic dissection, type a dissection, type b dissection, carotid dissection, vertebral dissection
ruptured aneurysm | ruptured aneurysm, ruptured abdominal aortic aneurysm, aneurysm rupture, contained rupture
free air | free air, free gas, pneumoperitoneum, free intraperitoneal air, free intraperitoneal gas
perforation | bowel perforation, perforation, perforated appendicitis, perforated viscus, perforated diverticulitis
bleeding | active bleeding, active extravasation, active arterial extravasation, contrast extravasation, haemoperitoneum, hemoperitoneum
bowel ischaemia | bowel ischemia, bowel ischaemia, mesenteric ischemia, mesenteric ischaemia, pneumatosis, portal venous gas, necrotising enterocolitis, necrotizing enterocolitis
obstruction | closed loop obstruction, volvulus, intussusception, small bowel obstruction, large bowel obstruction
appendicitis | appendicitis
torsion | testicular torsion, ovarian torsion, adnexal torsion
ectopic pregnancy | ectopic pregnancy, ectopic gestation
cord compression | spinal cord compression, cord compression, cauda equina compression, cauda equina syndrome
epidural abscess | epidural abscess
spinal fracture | unstable fracture, fracture of the dens, odontoid fracture, cervical spine fracture, fracture of the cervical spine, acute unstable fracture
deep vein thrombosis | deep vein thrombosis, deep venous thrombosis, dvt, phlegmasia
necrotising fasciitis | necrotizing fasciitis, necrotising fasciitis, fournier gangrene
tube | right main bronchus intubation, right mainstem intubation, tube in the trachea, oesophageal intubation, esophageal intubation, misplaced tube
retained foreign body | retained sponge, retained surgical sponge, retained instrument
tamponade | cardiac tamponade, pericardial tamponade
non-accidental injury | non-accidental injury, nonaccidental trauma, metaphyseal corner fracture
`)
